// C1, C3: hello.
#include <stdio.h>
int main(void) { puts("你好，世界"); }
