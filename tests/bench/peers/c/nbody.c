// S1: five bodies, the energy before and after.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#define PI 3.141592653589793
#define SOLAR (4.0 * PI * PI)
#define YEAR 365.24
#define N 5
typedef struct { double x, y, z, vx, vy, vz, mass; } body;
static body bodies[N] = {
    {0, 0, 0, 0, 0, 0, SOLAR},
    {4.841431442464721, -1.1603200440274284, -0.10362204447112311, 0.001660076642744037 * YEAR, 0.007699011184197404 * YEAR, -0.0000690460016972063 * YEAR, 0.0009547919384243266 * SOLAR},
    {8.34336671824458, 4.124798564124305, -0.4035234171143214, -0.002767425107268624 * YEAR, 0.004998528012349172 * YEAR, 0.00002304172975737639 * YEAR, 0.0002858859806661308 * SOLAR},
    {12.894369562139131, -15.111151401698631, -0.22330757889265573, 0.002964601375647616 * YEAR, 0.0023784717395948095 * YEAR, -0.000029658956854023756 * YEAR, 0.00004366244043351563 * SOLAR},
    {15.379697114850917, -25.919314609987964, 0.17925877295037118, 0.0026806777249038932 * YEAR, 0.001628241700382423 * YEAR, -0.00009515922545197159 * YEAR, 0.00005151389020466115 * SOLAR},
};
static double energy(void) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
        body *a = &bodies[i];
        sum += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < N; j++) {
            body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            sum -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return sum;
}
static void advance(int n, double dt) {
    for (int i = 0; i < n; i++) {
        body *a = &bodies[i];
        for (int j = i + 1; j < n; j++) {
            body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double force = dt / (square * sqrt(square));
            double am = a->mass * force, bm = b->mass * force;
            a->vx -= dx * bm, a->vy -= dy * bm, a->vz -= dz * bm;
            b->vx += dx * am, b->vy += dy * am, b->vz += dz * am;
        }
    }
    for (int i = 0; i < n; i++) {
        body *a = &bodies[i];
        a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
    }
}
int main(int argc, char **argv) {
    double px = 0, py = 0, pz = 0;
    for (int i = 0; i < N; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = -px / SOLAR, bodies[0].vy = -py / SOLAR, bodies[0].vz = -pz / SOLAR;
    double before = energy();
    for (long step = atol(argv[1]); step > 0; step--) advance(N, 0.01);
    printf("%.9f %.9f\n", before, energy());
}
