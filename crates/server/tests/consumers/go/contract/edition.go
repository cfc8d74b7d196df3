// What the contract has as a number or as text alone.
package main

import "fmt"

func userID(id int64) int64 {
	return id
}

func text[T int64 | string](value T) string {
	return fmt.Sprint(value)
}
