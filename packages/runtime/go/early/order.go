package early

import "syscall"

// order is what LOAD says, and what became of it.
type order struct {
	Code, Entry, Signature string
	Concurrency            int
	Contained              bool
	// Problem says why it could not be obeyed, Kind of which of the protocol's kinds that is.
	Problem, Kind string
}

// obey takes over the environment and the folder.
func obey(text []byte) (o order) {
	said, ok := parseJSON(text).(map[string]any)
	if !ok {
		o.fail("threw", "the order to load is not JSON")
		return o
	}
	o.Code, _ = said["code"].(string)
	o.Entry, _ = said["entry"].(string)
	o.Signature, _ = said["signature"].(string)
	o.Concurrency, _ = said["concurrency"].(int)
	o.Contained, _ = said["contained"].(bool)
	environment, _ := said["env"].(map[string]any)
	for name, value := range environment {
		if text, ok := value.(string); ok {
			if err := syscall.Setenv(name, text); err != nil {
				o.fail("threw", "the variable "+name+" cannot be set: "+err.Error())
			}
		}
	}
	if err := syscall.Chdir(o.Code); err != nil {
		o.fail("not-found", "the folder of the function cannot be entered: "+err.Error())
	}
	return o
}

func (o *order) fail(kind, problem string) { o.Kind, o.Problem = kind, problem }

// Program is the path of the entry, which a program that was started by itself would have been started as.
func (o order) Program() string {
	if o.Entry == "" || o.Entry == "." {
		return o.Code
	}
	return o.Code + "/" + o.Entry
}
