// T5: goroutines asleep at once.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func argument(place int) int {
	n, err := strconv.Atoi(os.Args[place+1])
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	n, d := argument(0), time.Duration(argument(1))*time.Millisecond
	results := make(chan int, n)
	for i := 0; i < n; i++ {
		go func() {
			time.Sleep(d)
			results <- 1
		}()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	fmt.Println(sum)
}
