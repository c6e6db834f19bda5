# Functions that check whether a path is safe: whether only root can change where it leads. A function that fails sets $flaw
# to the problem and $remedy to the solution. $root is a folder in which all paths are (for tests). If $make is not empty,
# missing folders are created: owned by root, mode 0755, whatever the umask.
root=
make=
# The folders and files that are known to be closed, one per line.
closed='
'

# Whether a folder or file (not a link) is closed: only root can write to it.
is_closed() {
  case $closed in
    *"
$1
"*) return 0 ;;
  esac
  _facts=$(stat -c '%u %a %U' "${1:-/}") || {
    flaw="${1:-/} cannot be examined" remedy="Find out why root cannot read ${1:-/}."
    return 1
  }
  _uid=${_facts%% *}
  _user=${_facts##* }
  _mode=${_facts#* }
  _mode=${_mode%% *}
  if [ "$_uid" != 0 ]; then
    [ "$_user" != UNKNOWN ] || _user="the user $_uid"
    flaw="${1:-/} belongs to $_user" remedy="Run: chown root: ${1:-/}"
    return 1
  fi
  case $_mode in
    *[2367]) ;;
    # On some systems the group of the log daemon may write to /var/log.
    *[2367]?) [ "$1" != "$root/var/log" ] || _mode= ;;
    *) _mode= ;;
  esac
  if [ -n "$_mode" ]; then
    [ ${#_mode} -gt 3 ] || _mode=0$_mode
    flaw="${1:-/} has mode $_mode" remedy="Run: chmod go-w ${1:-/}"
    return 1
  fi
  closed="$closed$1
"
}

is_link() {
  flaw="$1 is a link to $(readlink "$1")"
  remedy="Replace it with a folder; use a mount if the files have to be on another disk."
}

# Whether only root can change where the folders of a path lead. The path itself may be anything, or missing.
is_safe() {
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
      flaw="$_next is not a folder" remedy="Replace it with a folder."
      return 1
    elif [ -z "$make" ]; then
      return 0
    elif mkdir -m 0755 "$_next" || { [ -d "$_next" ] && [ ! -L "$_next" ]; }; then
      _at=$_next
    else
      flaw="$_next cannot be created" remedy="Find out why root cannot create $_next."
      return 1
    fi
  done
}

# Like is_safe, for a folder that any user may own, but that must not be a link.
is_safe_folder() {
  is_safe "$1" || return 1
  [ -L "$1" ] || return 0
  is_link "$1"
  return 1
}

# Like is_safe, but follows links, which kubelet makes; sets $file to the path of the target.
resolve_safely() {
  file=$1
  for _hop in 1 2 3 4 5 6 7 8 9; do
    is_safe "$file" || return 1
    [ -L "$file" ] || return 0
    is_link "$file"
    case $(readlink "$file") in
      /*) file=$(readlink "$file") ;;
      *) file=${file%/*}/$(readlink "$file") ;;
    esac
  done
  return 1
}

# Like resolve_safely, for a program: only root can change its content, either.
is_safe_program() {
  resolve_safely "$1" && { [ ! -e "$file" ] || is_closed "$file"; }
}

# Prints the problem and ends the script. $1 is the path that was checked, $2 the exit code (1 by default).
refuse() {
  echo "$flaw${1:+, on the way to $1}. $remedy" >&2
  exit "${2:-1}"
}

require_safe() {
  is_safe "$1" || refuse "$1"
}
