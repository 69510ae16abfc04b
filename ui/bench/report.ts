/** Milliseconds by what was measured. */
export interface Figures {
  overview?: number;
  paint?: number;
  pan?: number;
  panFar?: number;
  wire?: number;
  change?: number;
  add?: number;
}

export interface Row {
  units: number;
  canvas: Figures;
  /** React Flow with only what is in view mounted. */
  visible: Figures;
  /** React Flow as it comes. */
  bare: Figures;
}

const names: [keyof Figures, string][] = [
  ["overview", "first paint, overview"],
  ["paint", "first paint, canvas"],
  ["pan", "frame p95, pan near"],
  ["panFar", "frame p95, pan at 35 %"],
  ["wire", "frame p95, drag a wire"],
  ["change", "edit to screen, a state"],
  ["add", "edit to screen, a unit more"],
];

const ms = (value: number | undefined) => (value === undefined ? "-" : value.toFixed(1)).padStart(9);
const times = (over: number | undefined, under: number | undefined) =>
  (over === undefined || under === undefined ? "-" : `${(over / under).toFixed(2)}x`).padStart(9);

function section([key, name]: [keyof Figures, string], rows: Row[]): string {
  const lines = rows.map(({ units, canvas, visible, bare }, i) => {
    const figures = [ms(canvas[key]), ms(bare[key]), ms(visible[key])];
    const ratios = [times(canvas[key], bare[key]), times(canvas[key], visible[key])];
    return `${(i === 0 ? name : "").padEnd(28)}${String(units).padStart(6)}${[...figures, ...ratios].join("")}`;
  });
  const first = rows[0];
  const last = rows[rows.length - 1];
  if (first === undefined || last === undefined || first === last) return lines.join("\n");
  const growth = (shape: "canvas" | "bare" | "visible") => times(last[shape][key], first[shape][key]);
  const grows = `${"growth".padStart(34)}${growth("canvas")}${growth("bare")}${growth("visible")}`;
  return `${lines.join("\n")}\n${grows}`;
}

/** The table: the canvas beside its floors, how many times each it takes, and how each grows with the workspace. */
export function report(rows: Row[], repeats: number): string {
  const head = ["canvas", "bare", "visible", "/ bare", "/ visible"].map((word) => word.padStart(9)).join("");
  return [
    `canvas in Chromium, milliseconds, best of ${repeats}; frames are not capped at a screen's rate`,
    "bare: React Flow as it comes; visible: React Flow that mounts only what is in view",
    `${"".padEnd(28)}${"units".padStart(6)}${head}`,
    ...names.map((name) => section(name, rows)),
    "",
  ].join("\n");
}
