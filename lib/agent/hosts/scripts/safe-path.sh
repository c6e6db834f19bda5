# Functions that say whether only root can change where a path leads. Each that fails says in $flaw what is wrong and in
# $mend what to do. $root is a folder that all paths are in (tests). Where $make is not empty, missing folders are made:
# root's, 0755, whatever the umask.
root=
make=
# Those that are known to be closed, one a line.
closed='
'

# Whether nobody but root can write to a folder or file that is no link.
is_closed() {
  case $closed in
    *"
$1
"*) return 0 ;;
  esac
  _facts=$(stat -c '%u %a %U' "${1:-/}") || {
    flaw="${1:-/} cannot be looked at" mend="See that root can look at ${1:-/}."
    return 1
  }
  _uid=${_facts%% *}
  _user=${_facts##* }
  _mode=${_facts#* }
  _mode=${_mode%% *}
  if [ "$_uid" != 0 ]; then
    [ "$_user" != UNKNOWN ] || _user="the user $_uid"
    flaw="${1:-/} belongs to $_user" mend="Run: chown root: ${1:-/}"
    return 1
  fi
  case $_mode in
    *[2367]) ;;
    # Some systems let the group of their log daemon write there.
    *[2367]?) [ "$1" != "$root/var/log" ] || _mode= ;;
    *) _mode= ;;
  esac
  if [ -n "$_mode" ]; then
    [ ${#_mode} -gt 3 ] || _mode=0$_mode
    flaw="${1:-/} has mode $_mode" mend="Run: chmod go-w ${1:-/}"
    return 1
  fi
  closed="$closed$1
"
}

is_link() {
  flaw="$1 is a link to $(readlink "$1")"
  mend="Put a folder in its place; a mount may lead to another disk."
}

# Whether nobody but root can change where the folders of a path lead. The path itself may be anything, or missing.
way() {
  case $1 in
    "$root"/*) _at=$root _rest=${1#"$root"} ;;
    *) _at="" _rest=$1 ;;
  esac
  [ -z "$make" ] || [ -z "$root" ] || mkdir -p "$root"
  _links=0
  while is_closed "$_at" || return 1; do
    _rest=${_rest#/}
    _name=${_rest%%/*}
    [ "$_name" != "$_rest" ] || return 0
    _rest=${_rest#*/}
    _next=$_at/$_name
    case $_name in
      '' | .) continue ;;
      ..) _at=${_at%/*}; continue ;;
    esac
    if [ -L "$_next" ]; then
      is_link "$_next"
      case ${_at#"$root"} in
        '' | /usr | /var) [ $_links -lt 9 ] || return 1 ;;
        *) return 1 ;;
      esac
      _links=$((_links + 1))
      _rest=$(readlink "$_next")/$_rest
      case $_rest in
        "$root"/*) _at=$root _rest=${_rest#"$root"} ;;
        /*) _at= ;;
      esac
    elif [ -d "$_next" ]; then
      _at=$_next
    elif [ -e "$_next" ]; then
      flaw="$_next is no folder" mend="Put a folder in its place."
      return 1
    elif [ -z "$make" ]; then
      return 0
    elif mkdir -m 0755 "$_next" || { [ -d "$_next" ] && [ ! -L "$_next" ]; }; then
      _at=$_next
    else
      flaw="$_next cannot be made" mend="See that root can make $_next."
      return 1
    fi
  done
}

# As way, of a folder that may be somebody else's, but no link.
way_to_folder() {
  way "$1" || return 1
  [ -L "$1" ] || return 0
  is_link "$1"
  return 1
}

# As way; $file is where the path leads if root made a link of it, as kubelet does.
follow() {
  file=$1
  for _hop in 1 2 3 4 5 6 7 8 9; do
    way "$file" || return 1
    [ -L "$file" ] || return 0
    is_link "$file"
    case $(readlink "$file") in
      /*) file=$(readlink "$file") ;;
      *) file=${file%/*}/$(readlink "$file") ;;
    esac
  done
  return 1
}

# As follow, of a program: nobody else can change what is there, either.
way_to_program() {
  follow "$1" && { [ ! -e "$file" ] || is_closed "$file"; }
}

# Ends the script with what is wrong: $1 is where it was on its way, $2 another exit code than 1.
refuse() {
  echo "$flaw${1:+, on the way to $1}. $mend" >&2
  exit "${2:-1}"
}

lead_to() {
  way "$1" || refuse "$1"
}
