#include "escape.h"

#include <complex.h>
#include <math.h>

double escape(double x, double y, int limit) {
	double complex c = x + y * I, z = 0;
	for (int step = 0; step < limit; step++) {
		z = z * z + c;
		if (cabs(z) > 2)
			return step + 1 - log2(log2(cabs(z)));
	}
	return limit;
}
