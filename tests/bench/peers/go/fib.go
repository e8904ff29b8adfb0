// A1 and S1: plain recursion, unchecked.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func argument(place int) int {
	n, err := strconv.Atoi(os.Args[place+1])
	if err != nil {
		panic(err)
	}
	return n
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() { fmt.Println(fib(argument(0))) }
