#ifndef ESCAPE_H
#define ESCAPE_H

// The steps, smoothed, after which z*z + (x, y) leaves the circle of radius 2; limit if it does not.
double escape(double x, double y, int limit);

#endif
