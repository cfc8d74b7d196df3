# The steps of `.ci/run`: each is printed with its time, and the whole run may take a limited number of minutes.
#
# `CI_MINUTES` sets the limit: 50 unless a slower machine asks for more, and never more than 60.

ci_minutes=${CI_MINUTES:-50}
case $ci_minutes in
'' | *[!0-9]*)
    echo "error: CI_MINUTES: expected a number of minutes, found \"$ci_minutes\""
    exit 1
    ;;
esac
if [ "$ci_minutes" -gt 60 ]; then
    echo "error: CI_MINUTES: expected at most 60, found $ci_minutes"
    exit 1
fi

step_names=()
step_seconds=()

# Runs a command as a step. Fails if the command fails, or if the limit has passed at its end.
step() {
    local begin=$SECONDS status=0
    printf '\n== %s\n' "$*"
    "$@" || status=$?
    step_names+=("$*")
    step_seconds+=($((SECONDS - begin)))
    printf '== %s s\n' $((SECONDS - begin))
    if [ "$status" = 0 ] && [ "$SECONDS" -gt $((ci_minutes * 60)) ]; then
        echo "error: the limit of $ci_minutes minutes has passed; CI_MINUTES raises it to at most 60"
        status=1
    fi
    return "$status"
}

# Prints a table of the steps that took a second or more, and the whole time.
print_times() {
    local index
    printf '\nseconds  step\n'
    for index in "${!step_names[@]}"; do
        if [ "${step_seconds[$index]}" -gt 0 ]; then
            printf '%7s  %.100s\n' "${step_seconds[$index]}" "${step_names[$index]}"
        fi
    done
    printf '%7s  all (limit: %s)\n' "$SECONDS" $((ci_minutes * 60))
}
