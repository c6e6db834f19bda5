// Prints one line for each field of the kinds that kubeadm and the API server read: its path, its type and, if not all
// versions have it, the minor versions that do. The output becomes the texts in
// lib/catalog/config/{kubeadm,component,api-server}-fields.ts.
//
//	go run scripts/kubeadm-fields.go <module cache>/k8s.io 33=1.33.13 34=1.34.4 ...
//
// It reads the source code of k8s.io/{kubernetes,kubelet,kube-proxy,component-base,api,apiserver}, without compiling it.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

type pkg struct {
	types   map[string]ast.Expr
	imports map[string]map[string]string // type name -> import name -> path
}

type source struct {
	cache, version string
	packages       map[string]*pkg
}

// The packages of a kind, of which the first one that has it counts.
var roots = []struct {
	kind  string
	paths []string
}{
	{"InitConfiguration", []string{"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4"}},
	{"ClusterConfiguration", []string{"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4"}},
	{"KubeletConfiguration", []string{"k8s.io/kubelet/config/v1beta1"}},
	{"KubeProxyConfiguration", []string{"k8s.io/kube-proxy/config/v1alpha1"}},
	{"Policy", []string{"k8s.io/apiserver/pkg/apis/audit/v1"}},
	{"AuthenticationConfiguration", []string{"k8s.io/apiserver/pkg/apis/apiserver/v1", "k8s.io/apiserver/pkg/apis/apiserver/v1beta1"}},
	{"AuthorizationConfiguration", []string{"k8s.io/apiserver/pkg/apis/apiserver/v1"}},
}

// Types whose JSON form differs from their struct.
var special = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                 "duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                     "time",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                 "quantity",
	"k8s.io/apimachinery/pkg/api/resource.QuantityValue":                            "quantity",
	"k8s.io/component-base/logs/api/v1.TimeOrMetaDuration":                          "durationOrInt",
	"k8s.io/kubernetes/cmd/kubeadm/app/apis/bootstraptoken/v1.BootstrapTokenString": "string",
}

func (s *source) load(path string) *pkg {
	if p, ok := s.packages[path]; ok {
		return p
	}
	parts := strings.SplitN(path, "/", 3)
	version := "v" + s.version
	if parts[1] != "kubernetes" {
		version = "v0" + strings.TrimPrefix(s.version, "1")
	}
	dir := filepath.Join(s.cache, parts[1]+"@"+version, parts[2])
	parsed, err := parser.ParseDir(token.NewFileSet(), dir, func(f os.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		panic(err)
	}
	p := &pkg{map[string]ast.Expr{}, map[string]map[string]string{}}
	for _, files := range parsed {
		for _, file := range files.Files {
			imports := map[string]string{}
			for _, i := range file.Imports {
				target, _ := strconv.Unquote(i.Path.Value)
				name := filepath.Base(target)
				if i.Name != nil {
					name = i.Name.Name
				}
				imports[name] = target
			}
			for _, decl := range file.Decls {
				if gen, ok := decl.(*ast.GenDecl); ok {
					for _, spec := range gen.Specs {
						if t, ok := spec.(*ast.TypeSpec); ok {
							p.types[t.Name.Name] = t.Type
							p.imports[t.Name.Name] = imports
						}
					}
				}
			}
		}
	}
	s.packages[path] = p
	return p
}

func (s *source) packageOf(kind string, paths []string) string {
	for _, path := range paths {
		if _, ok := s.load(path).types[kind]; ok {
			return path
		}
	}
	panic("no type " + kind)
}

// walk reports the path and the type of each leaf of a type.
func (s *source) walk(at string, in string, owner string, expr ast.Expr, report func(string, string)) {
	switch t := expr.(type) {
	case *ast.StarExpr:
		s.walk(at, in, owner, t.X, report)
	case *ast.ArrayType:
		s.walk(at+"[]", in, owner, t.Elt, report)
	case *ast.MapType:
		s.walk(at+"{}", in, owner, t.Value, report)
	case *ast.SelectorExpr:
		s.named(at, s.load(in).imports[owner][t.X.(*ast.Ident).Name], t.Sel.Name, report)
	case *ast.Ident:
		switch t.Name {
		case "string", "bool":
			report(at, t.Name)
		case "int", "int32", "int64", "uint32", "uint64", "uint8":
			report(at, "int")
		case "float32", "float64":
			report(at, "float")
		default:
			s.named(at, in, t.Name, report)
		}
	case *ast.StructType:
		for _, field := range t.Fields.List {
			name, options := "", ""
			if field.Tag != nil {
				tag, _ := strconv.Unquote(field.Tag.Value)
				name, options, _ = strings.Cut(reflect.StructTag(tag).Get("json"), ",")
			}
			if name == "-" {
				continue
			}
			if name == "" {
				if len(field.Names) > 0 && options == "" {
					panic("no JSON name: " + at + "." + field.Names[0].Name)
				}
				s.walk(at, in, owner, field.Type, report)
				continue
			}
			path := name
			if at != "" {
				path = at + "." + name
			}
			s.walk(path, in, owner, field.Type, report)
		}
	default:
		panic(fmt.Sprintf("%s: %T", at, expr))
	}
}

func (s *source) named(at, path, name string, report func(string, string)) {
	// No file needs the metadata of an object.
	if name == "TypeMeta" || name == "ObjectMeta" {
		return
	}
	if code, ok := special[path+"."+name]; ok {
		report(at, code)
		return
	}
	expr, ok := s.load(path).types[name]
	if !ok {
		panic("no type " + path + "." + name)
	}
	s.walk(at, path, name, expr, report)
}

func main() {
	for _, root := range roots {
		minors := map[string][]string{}
		order := map[string]int{}
		for _, argument := range os.Args[2:] {
			minor, version, _ := strings.Cut(argument, "=")
			s := &source{os.Args[1], version, map[string]*pkg{}}
			s.named("", s.packageOf(root.kind, root.paths), root.kind, func(path, code string) {
				line := path + " " + code
				minors[line] = append(minors[line], minor)
				if _, ok := order[line]; !ok {
					order[line] = len(order)
				}
			})
		}
		lines := make([]string, 0, len(minors))
		for line := range minors {
			lines = append(lines, line)
		}
		sort.Strings(lines)
		fmt.Println("#", root.kind)
		for _, line := range lines {
			has := minors[line]
			if len(has) < len(os.Args)-2 {
				line += " " + strings.Join(has, ",")
			}
			fmt.Println(line)
		}
	}
}
