module fairway.local/pause

go 1.24
