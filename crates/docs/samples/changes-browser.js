// Shows the changes in a browser, from an address of your own server. It signs the request, sends it as a POST with
// `Last-Event-ID`, or with `since` of the query as `Last-Event-ID` where there is none, and passes the response on.
function follow(address, show) {
  let position = ""; // Empty: who is online comes first.

  function read() {
    const changes = new EventSource(position ? address + "?since=" + encodeURIComponent(position) : address);
    changes.onmessage = ({ data, lastEventId }) => {
      position = lastEventId;
      show(JSON.parse(data));
    };
    changes.onerror = () => {
      // After a connection that broke, the browser comes again. After a response with an error, it never does.
      if (changes.readyState === EventSource.CLOSED) setTimeout(read, 2_000);
    };
  }

  read();
}
