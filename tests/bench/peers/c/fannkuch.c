// S1: all permutations of n pancakes.
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    long n = atol(argv[1]);
    long perm[16], flip[16], count[16];
    for (long i = 0; i < n; i++) perm[i] = i;
    long checksum = 0, most = 0, index = 0, r = n;
    for (;;) {
        for (; r != 1; r--) count[r - 1] = r;
        for (long i = 0; i < n; i++) flip[i] = perm[i];
        long flips = 0, first = flip[0];
        while (first != 0) {
            for (long low = 0, high = first; low < high; low++, high--) {
                long kept = flip[low];
                flip[low] = flip[high];
                flip[high] = kept;
            }
            flips++;
            first = flip[0];
        }
        if (flips > most) most = flips;
        checksum += index % 2 == 0 ? flips : -flips;
        for (;; r++) {
            if (r == n) {
                printf("%ld %ld\n", checksum, most);
                return 0;
            }
            long head = perm[0];
            for (long i = 0; i < r; i++) perm[i] = perm[i + 1];
            perm[r] = head;
            if (--count[r] > 0) break;
        }
        index++;
    }
}
