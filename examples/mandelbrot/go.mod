module example.com/mandelbrot

go 1.25.0
