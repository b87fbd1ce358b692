#!/usr/bin/env bash
# The whole of ProvNet in one command: set-up, build, train, serve, explain.
#
#   scripts/demo.sh                 digits that the project draws itself: no download
#   scripts/demo.sh --data=DIR      the four MNIST files in DIR, gzipped or not
#   scripts/demo.sh --head=embedding
#
# Leaves the model repository in out/demo/models and the page in out/demo/explanations.html.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

data='' head=class-conditional count=40
for argument in "$@"; do
  case $argument in
    --data=*) data=$(absolute "${argument#--data=}") ;;
    --head=*) head=${argument#--head=} ;;
    --count=*) count=${argument#--count=} ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument $argument; expected --data=DIR, --head=NAME or --count=N" ;;
  esac
done
[[ -z $data || -d $data ]] || die "--data=$data is not a folder; expected one with the four MNIST files"

scripts/setup.sh
build release provnet-train provnet-server provnet

bin=build/release/bin
out=out/demo
mkdir -p "$out"

if [[ -n $data ]]; then
  # The rest of the images are the membership reference.
  dataset=idx:$data model=mnist subset=0.3 reference=auto
else
  dataset=glyphs:10000 model=glyphs subset=1 reference=1000
fi
say "training $head on $dataset (share $subset)"
"$bin/provnet-train" fit --dataset="$dataset" --head="$head" --subset="$subset" --seed=1 --membership-reference=$reference \
  --output="$out/models/$model"

say "serving"
rm -f "$out/ports"
"$bin/provnet-server" --model-repository="$out/models" --listen=127.0.0.1:0 --http=127.0.0.1:0 \
  --port-file="$out/ports" 2>"$out/server.log" &
server=$!
trap 'kill -TERM $server 2>/dev/null && wait $server || true' EXIT
await_ports "$out/ports" $server "$out/server.log"
echo "provnet-server answers on $grpc" >&2

if [[ -n $data ]]; then
  for candidate in t10k-images-idx3-ubyte.gz t10k-images-idx3-ubyte; do
    [[ -e $data/$candidate ]] && images=idx:$data/$candidate
  done
else
  "$bin/provnet-train" write-idx --dataset="$dataset" --seed=1 --output="$out/digits"
  images=idx:$out/digits/t10k-images-idx3-ubyte
fi

say "explaining"
"$bin/provnet" explain --server="$grpc" --model="$model" --top-k=5 "$images#0:5"
"$bin/provnet" explain --server="$grpc" --model="$model" --top-k=5 --html="$out/explanations.html" "$images#0:$count" >/dev/null

say "done"
cat >&2 <<TEXT
The page:    $root/$out/explanations.html
The models:  $root/$out/models
Serve again: $bin/provnet-server --model-repository=$out/models --listen=127.0.0.1:8500 --http=127.0.0.1:8501
Then ask:    $bin/provnet explain --model=$model $images#7
             $bin/provnet membership --model=$model $images#7
TEXT
