// T4: every goroutine starts ten.
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

func skynet(number, size int, result chan int) {
	if size == 1 {
		result <- number
		return
	}
	size /= 10
	results := make(chan int, 10)
	for i := 0; i < 10; i++ {
		go skynet(number+i*size, size, results)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-results
	}
	result <- sum
}

func main() {
	result := make(chan int, 1)
	go skynet(0, argument(0), result)
	fmt.Println(<-result)
}
