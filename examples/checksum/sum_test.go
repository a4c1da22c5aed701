package main

import "testing"

func TestSum(t *testing.T) {
	for _, text := range []string{"", "a", "The quick brown fox", string(make([]byte, 1000))} {
		if got, want := sum([]byte(text)), sumGo([]byte(text)); got != want {
			t.Errorf("sum(%q) = %08x, sumGo says %08x", text, got, want)
		}
	}
}
