// T2 with Gosched.
package main

import (
	"fmt"
	"os"
	"runtime"
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
	each := argument(0) / 2
	counts := make(chan int, 2)
	for task := 0; task < 2; task++ {
		go func() {
			count := 0
			for i := 0; i < each; i++ {
				runtime.Gosched()
				count++
			}
			counts <- count
		}()
	}
	fmt.Println(<-counts + <-counts)
}
