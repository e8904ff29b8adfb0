// Structs of every class of the System V ABI, by value, both ways.
#include <stdint.h>
typedef struct { int32_t a, b; } Pair;
typedef struct { float a, b; } Floats;
typedef struct { float a, b, c; } Floats3;
typedef struct { double a; int32_t b; } Mixed;
typedef struct { int32_t a; float b; } Both;
typedef struct { uint8_t a, b, c; } Bytes;
typedef struct { int64_t a, b, c; } Large;
typedef struct { Pair p; double d; } Nested;
typedef struct { int64_t a, b; } Two;

Pair pair(Pair x) { return (Pair){x.b, x.a}; }
Floats floats(Floats x) { return (Floats){x.b, x.a}; }
Floats3 floats3(Floats3 x) { return (Floats3){x.c, x.a, x.b}; }
Mixed mixed(Mixed x) { return (Mixed){x.b, (int32_t)x.a}; }
Both both(Both x) { return (Both){(int32_t)x.b, (float)x.a}; }
Bytes bytes(Bytes x) { return (Bytes){x.c, x.b, x.a}; }
Large large(Large x) { return (Large){x.c, x.a, x.b}; }
Nested nested(Nested x) { return (Nested){{x.p.b, x.p.a}, -x.d}; }
// The last registers: x finds only one, so it lies in memory, and y takes that register.
int64_t last(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, Two x, int64_t y) {
    return a + b + c + d + e + 10 * x.a + 100 * x.b + 1000 * y;
}
int8_t narrow(int8_t a, Large x, uint8_t b) { return (int8_t)(a - (int8_t)x.c - (int8_t)b); }

// Qi's functions.
extern Mixed qi_mixed(Mixed x, Pair y);
extern Large qi_large(Large x, Bytes y);
extern Floats qi_waits(Floats x);
double back(void) {
    Mixed m = qi_mixed((Mixed){1.5, 2}, (Pair){3, 4});
    Large l = qi_large((Large){1, 2, 3}, (Bytes){4, 5, 6});
    Floats f = qi_waits((Floats){0.25f, 0.5f});
    return m.a + m.b + (double)(l.a + l.b + l.c) + f.a + f.b;
}
int64_t call(Nested (*f)(Nested, Two)) {
    Nested n = f((Nested){{1, 2}, 3.0}, (Two){4, 5});
    return n.p.a * 100 + n.p.b * 10 + (int64_t)n.d;
}
