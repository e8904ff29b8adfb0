// T4: one filter per prime, channels of capacity 1.
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
	from := make(chan int, 1)
	go func(to chan int) {
		for i := 2; ; i++ {
			to <- i
		}
	}(from)
	prime := 0
	for i := argument(0); i > 0; i-- {
		prime = <-from
		to := make(chan int, 1)
		go func(from, to chan int, prime int) {
			for x := range from {
				if x%prime != 0 {
					to <- x
				}
			}
		}(from, to, prime)
		from = to
	}
	fmt.Println(prime)
}
