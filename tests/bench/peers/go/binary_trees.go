// S2: trees of pointers.
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

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func (n *node) count() int {
	sum := 1
	if n.left != nil {
		sum += n.left.count()
	}
	if n.right != nil {
		sum += n.right.count()
	}
	return sum
}

func main() {
	deepest := argument(0)
	fmt.Println(build(deepest + 1).count())
	longLived := build(deepest)
	for depth := 4; depth <= deepest; depth += 4 {
		times, sum := 1<<(deepest-depth+4), 0
		for i := 0; i < times; i++ {
			sum += build(depth).count()
		}
		fmt.Println(times, depth, sum)
	}
	fmt.Println(longLived.count())
}
