module example.com/checksum

go 1.25.0
