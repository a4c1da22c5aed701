package main

// sumGo adds up data, each byte after turning the sum left by five bits.
func sumGo(data []byte) uint32 {
	var sum uint32
	for _, b := range data {
		sum = sum<<5 | sum>>27
		sum += uint32(b)
	}
	return sum
}
