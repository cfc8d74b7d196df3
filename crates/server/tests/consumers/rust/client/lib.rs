// The generated client comes here.
