// T3 with two channels.
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

func main() {
	times, capacity := argument(0)/2, argument(1)
	to, from := make(chan int, capacity), make(chan int, capacity)
	go func() {
		for i := 0; i < times; i++ {
			from <- <-to + 1
		}
	}()
	sum := 0
	for i := 0; i < times; i++ {
		to <- i
		sum += <-from
	}
	fmt.Println(sum)
}
