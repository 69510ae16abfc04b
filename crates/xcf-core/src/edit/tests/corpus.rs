//! Text as people write it.

pub(super) const CORPUS: &[&str] = &[
    "a: 1\n",
    "a: 1",
    "a: 1\r\nb:\r\n  c: 'x' # win\r\n  d: |\r\n    l1\r\n    l2\r\n\r\ne: [1, 2]\r\n",
    "\u{feff}# bom\na: ä # ü\nb: 中文\n",
    "---\n# only\na:\n  b:\n    c: deep # here\n    # after\n\n  d: x\n...\n",
    "# head\n\nspec:\n    modules:\n    - ref: modules/a   # trailing\n\n      inputs:\n          # inner\n          size: \"15\"\n          zone: 'eu'\n    # between\n    - ref: b\n      labels: {a: x, 'b c': \"y\", d: [1, 2 , {e: f}]} # flow\n# end",
    "lit: |\n  one\n  two\n\nfold: >-\n  a\n  b\nkeep: |+\n  x\n\nlast: y\n",
    "multi: \"a\n  b\"\nplain: word\n  more\nnext: {\n  a: 1, # one\n  b: [x,\n    y], # two\n  }\n",
    "empty: {}\nnothing:\nnone: ~ # tilde\nlist: []\nspaced: { }\n",
    "shared: &s\n  a: 1\nuse: *s\nfree: x\n",
    "unused: &u 5\ntag: !!str 5\nother: !!int 7\n",
    "l:\n- - a\n  - b # in\n-\n  c: 1\n- d: 2\n  e:\n  - x\n  - y\n- # null above\n- |\n  t\n  u\n- end\n",
    "\"q k\": 1\n'it''s': 2\n\"esc\\n\": 3\n12: 4\nurl: http://x:80/a?b#c\nhash: a#b\n",
    "a:   1   \nb: \t2\nc :  3\nd: {a:1}\n",
    "? explicit\n: v\nnormal: 1\nin: {? k : v, w}\nset: [a: 1, b]\n",
    "deep: {a: {b: {c: [1, [2, [3]]]}}}\nx: [\n  1,\n  2\n]\n",
    "apiVersion: xcloudflow.io/v1alpha1\nkind: Composition\nmetadata:\n  name: payments-prod\nspec:\n  lifecycle: PaaS\n  changeFrequency: medium\n  modules:\n    - ref: modules/aws/rds-cluster\n      engine: terraform\n      inputs:\n        engineVersion: \"15\"\n      policies:\n        approval: environment\n        backup: pre-change\n  dependencies:\n    - ref: compositions/foundation/network-prod\n  reconcile:\n    strategy: periodic\n    interval: 6h\n",
    "a:\n  # leading comment of b\n  b: 1\n\n\n  # leading comment of c\n  c:\n    - 1 # one\n\n    # two comes\n    - 2\n\n# tail\n",
    "a: # on a\n  # under a\n  b: # on b\n    # under b\n    c: 1 # on c\n    # after c\n  # after b\n# after a\n",
];
