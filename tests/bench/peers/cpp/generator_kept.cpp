// G2: eight generators in a vector, resumed in turn.
#include "generator.hpp"
#include <cstdio>
#include <cstdlib>
#include <vector>
int main(int, char **argv) {
    int64_t each = atoll(argv[1]) / 8;
    std::vector<Generator> all;
    for (int64_t k = 0; k < 8; k++) all.push_back(count(each + k));
    uint64_t acc = 0;
    for (int64_t round = 0; round < each; round++)
        for (auto &g : all)
            if (g.next()) acc = (acc ^ (uint64_t)g.value()) * 31;
    printf("%lld\n", (long long)acc);
}
