// C1, C3: hello.
package main

import "fmt"

func main() { fmt.Println("你好，世界") }
