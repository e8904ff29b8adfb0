// G2 as a state machine behind a function pointer.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
typedef struct generator generator;
struct generator {
    bool (*next)(generator *);
    int64_t i, n, value;
};
static bool count(generator *self) {
    if (self->i >= self->n) return false;
    self->value = self->i++;
    return true;
}
int main(int argc, char **argv) {
    int64_t each = atoll(argv[1]) / 8;
    generator *all[8];
    for (int64_t k = 0; k < 8; k++) {
        all[k] = malloc(sizeof *all[k]);
        *all[k] = (generator){count, 0, each + k, 0};
    }
    uint64_t acc = 0;
    for (int64_t round = 0; round < each; round++)
        for (int k = 0; k < 8; k++)
            if (all[k]->next(all[k])) acc = (acc ^ (uint64_t)all[k]->value) * 31;
    for (int k = 0; k < 8; k++) free(all[k]);
    printf("%lld\n", (long long)acc);
}
