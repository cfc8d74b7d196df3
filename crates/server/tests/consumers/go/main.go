// A program over the client that openapi-generator makes for Go. It takes the steps of `typescript/conversation.ts`. One file
// beside it, `edition.go`, has what differs between the contract and the edition for readers of the vendor.
//
// Run as `program URL TENANT_ID API_KEY`.
package main

import (
	"client"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// signer signs each request when it is sent.
type signer struct {
	tenantID, apiKey string
}

func (s signer) RoundTrip(request *http.Request) (*http.Response, error) {
	timestamp := fmt.Sprint(time.Now().UnixMilli())
	token := md5.Sum([]byte(s.tenantID + timestamp + s.apiKey))
	request = request.Clone(request.Context())
	request.Header.Set("tenant_id", s.tenantID)
	request.Header.Set("timestamp", timestamp)
	request.Header.Set("token", hex.EncodeToString(token[:]))
	return http.DefaultTransport.RoundTrip(request)
}

func clientOf(url, tenantID, apiKey string) *openapi.APIClient {
	configuration := openapi.NewConfiguration()
	configuration.Servers = openapi.ServerConfigurations{{URL: url}}
	configuration.HTTPClient = &http.Client{Transport: signer{tenantID, apiKey}}
	return openapi.NewAPIClient(configuration)
}

// step prints a line: the values, or the error that was the panic's.
func step(name string, values func() []any) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Printf("%s: failed: %s\n", name, strings.ReplaceAll(fmt.Sprint(problem), "\n", " "))
		}
	}()
	line := fmt.Sprintln(values()...)
	fmt.Printf("%s: %s", name, line)
}

// answer returns what `Execute` gives, or panics with its error.
func answer[T any](response T, _ *http.Response, err error) T {
	if err != nil {
		panic(err)
	}
	return response
}

// first returns the first item of the data of a success.
func first[T any, Code ~int32](code Code, message string, list []T) *T {
	if code != 200 {
		panic(fmt.Sprint(code, " ", message))
	}
	return firstOf(list)
}

func firstOf[T any](list []T) *T {
	if len(list) == 0 {
		panic("an empty list")
	}
	return &list[0]
}

func main() {
	url, tenantID, apiKey := os.Args[1], os.Args[2], os.Args[3]
	client := clientOf(url, tenantID, apiKey)
	ctx := context.Background()

	ofAgent := openapi.NewQueryUserStatusRequest(1)
	ofAgent.SetUserId(userID(12))

	step("queryUserStatus", func() []any {
		response := answer(client.PresenceAPI.QueryUserStatus(ctx).QueryUserStatusRequest(*ofAgent).Execute())
		agent := first(response.GetCode(), response.GetMessage(), response.GetData())
		account := firstOf(agent.GetWhatsAppList())
		return []any{text(agent.GetUserId()), agent.GetAgentAccount(), account.GetWhatsApp(), account.GetName()}
	})
	step("queryAllOlWhatsAppInfo", func() []any {
		response := answer(client.PresenceAPI.QueryAllOlWhatsAppInfo(ctx).Execute())
		group := first(response.GetCode(), response.GetMessage(), response.GetData())
		agent := firstOf(group.GetList())
		account := firstOf(agent.GetWhatsAppList())
		return []any{group.GetSource(), text(agent.GetUserId()), agent.GetAgentAccount(), agent.GetUserName(), account.GetWhatsApp()}
	})
	step("queryWhatsAppInfo", func() []any {
		body := openapi.NewQueryWhatsAppInfoRequest(8618217331411)
		body.SetSource(1)
		response := answer(client.PresenceAPI.QueryWhatsAppInfo(ctx).QueryWhatsAppInfoRequest(*body).Execute())
		place, _ := response.GetDataOk()
		if response.GetCode() != 200 || place == nil {
			panic(fmt.Sprint(response.GetCode(), " ", response.GetMessage(), ", data ", place))
		}
		return []any{text(place.GetUserId()), place.GetAgentAccount(), place.GetWhatsApp(), place.GetSource()}
	})
	step("queryUserStatusLog", func() []any {
		body := openapi.NewQueryUserStatusLogRequest(2)
		body.SetAgentAccount("br02")
		response := answer(client.HistoryAPI.QueryUserStatusLog(ctx).QueryUserStatusLogRequest(*body).Execute())
		agent := first(response.GetCode(), response.GetMessage(), response.GetData())
		event := firstOf(agent.GetWhatsAppList())
		return []any{
			text(agent.GetUserId()), event.GetWhatsApp(), event.GetStatus(), event.GetDetailStatus(), text(event.GetCreateTime()),
		}
	})
	step("getLatestOnlineWhatsAccount", func() []any {
		body := openapi.NewGetLatestOnlineWhatsAccountRequest(2)
		body.SetUserId(userID(12))
		request := client.HistoryAPI.GetLatestOnlineWhatsAccount(ctx).GetLatestOnlineWhatsAccountRequest(*body)
		response := answer(request.Execute())
		agent := first(response.GetCode(), response.GetMessage(), response.GetData())
		account := firstOf(agent.GetWhatsAppList())
		return []any{text(agent.GetUserId()), account.GetWhatsApp(), account.GetStatus()}
	})
	step("not online", func() []any {
		body := openapi.NewQueryWhatsAppInfoRequest(573125704139)
		body.SetSource(2)
		response := answer(client.PresenceAPI.QueryWhatsAppInfo(ctx).QueryWhatsAppInfoRequest(*body).Execute())
		if place, _ := response.GetDataOk(); place != nil {
			return []any{response.GetCode(), *place}
		}
		return []any{response.GetCode(), "nothing"}
	})
	step("unknown code", func() []any {
		body := openapi.NewQueryUserStatusLogRequest(3)
		body.SetAgentAccount("br03")
		response := answer(client.HistoryAPI.QueryUserStatusLog(ctx).QueryUserStatusLogRequest(*body).Execute())
		agent := first(response.GetCode(), response.GetMessage(), response.GetData())
		event := firstOf(agent.GetWhatsAppList())
		return []any{event.GetStatus(), event.GetDetailStatus()}
	})
	stranger := clientOf(url, tenantID, "another key")
	step("error", func() []any {
		response, _, err := stranger.PresenceAPI.QueryUserStatus(ctx).QueryUserStatusRequest(*ofAgent).Execute()
		if err == nil {
			return []any{response.GetCode(), response.GetMessage()}
		}
		var failure *openapi.GenericOpenAPIError
		if errors.As(err, &failure) {
			if refusal, ok := failure.Model().(openapi.ErrorResponse); ok {
				return []any{refusal.GetCode(), refusal.GetMessage()}
			}
		}
		panic(err)
	})
}
