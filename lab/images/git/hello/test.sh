#!/bin/sh
set -eu
test "$(out/hello)" = 'hello, world'
test "$(out/hello lab)" = 'hello, lab'
echo '2 tests passed'
