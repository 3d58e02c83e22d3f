// A WASI command in Go: greets on standard output, with everything that a guest can be handed: arguments, environment, standard input, clock.
// No fmt: it would add a third to the module.
package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	greeting, name := os.Getenv("GREETING"), "world"
	if greeting == "" {
		greeting = "Hello"
	}
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	os.Stdout.WriteString(greeting + ", " + name + "!\n")

	if line, _ := bufio.NewReader(os.Stdin).ReadString('\n'); line != "" {
		os.Stdout.WriteString("You say: " + strings.TrimSuffix(line, "\n") + "\n")
	}

	// Any date after the first of January 2020 will do: it shows that the clock is one.
	clock := "stopped"
	if time.Now().Unix() > 1577836800 {
		clock = "running"
	}
	os.Stderr.WriteString("Go: " + strconv.Itoa(len(os.Args)) + " arguments, clock " + clock + "\n")
	if len(os.Args) > 2 {
		code, _ := strconv.Atoi(os.Args[2])
		os.Exit(code)
	}
}
