// T1 with a goroutine and a channel of one result per task.
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
	sum := 0
	for batch := argument(0) / 1000; batch > 0; batch-- {
		results := make([]chan int, 1000)
		for i := range results {
			results[i] = make(chan int, 1)
			go func(n int, result chan int) { result <- n + 1 }(i, results[i])
		}
		for _, result := range results {
			sum += <-result
		}
	}
	fmt.Println(sum)
}
