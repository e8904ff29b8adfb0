// S1: the spectral norm of an infinite matrix, cut to n rows.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
static inline double element(long i, long j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }
static void times(const double *v, double *out, long n) {
    for (long i = 0; i < n; i++) {
        double sum = 0;
        for (long j = 0; j < n; j++) sum += element(i, j) * v[j];
        out[i] = sum;
    }
}
static void transposed_times(const double *v, double *out, long n) {
    for (long i = 0; i < n; i++) {
        double sum = 0;
        for (long j = 0; j < n; j++) sum += element(j, i) * v[j];
        out[i] = sum;
    }
}
int main(int argc, char **argv) {
    long n = atol(argv[1]);
    double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *t = malloc(n * sizeof *t);
    for (long i = 0; i < n; i++) u[i] = 1;
    for (int step = 0; step < 10; step++) {
        times(u, t, n), transposed_times(t, v, n);
        times(v, t, n), transposed_times(t, u, n);
    }
    double above = 0, below = 0;
    for (long i = 0; i < n; i++) above += u[i] * v[i], below += v[i] * v[i];
    printf("%.9f\n", sqrt(above / below));
}
