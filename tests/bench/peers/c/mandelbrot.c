// S1: points of an n by n picture inside the Mandelbrot set.
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    long n = atol(argv[1]), inside = 0;
    for (long row = 0; row < n; row++) {
        double ci = 2.0 * (double)row / (double)n - 1.0;
        for (long column = 0; column < n; column++) {
            double cr = 2.0 * (double)column / (double)n - 1.5, zr = 0, zi = 0;
            int step = 0;
            while (step < 50 && zr * zr + zi * zi <= 4.0) {
                double next = zr * zr - zi * zi + cr;
                zi = 2.0 * zr * zi + ci;
                zr = next;
                step++;
            }
            inside += step == 50;
        }
    }
    printf("%ld\n", inside);
}
