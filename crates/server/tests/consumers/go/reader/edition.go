// What the edition for readers of the vendor has as a number or as text.
package main

import (
	"client"
	"fmt"
)

func userID(id int64) openapi.UserId {
	return openapi.Int64AsUserId(&id)
}

func text[T openapi.UserId | openapi.UserIdText | openapi.StatusTime](value T) string {
	return fmt.Sprint(any(value).(interface{ GetActualInstanceValue() any }).GetActualInstanceValue())
}
