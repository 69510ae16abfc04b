import type { GraphEdge, GraphUnit, GraphView } from "../useGraph";

/** Composition and module of a unit, as acts name them. */
export function portOf(id: string): { composition: string; module: string } {
  const [, composition = "", module = ""] = id.split("/");
  return { composition, module };
}

/** Compositions on the canvas, each once, in order of their layers. */
export function compositionsOf(view: GraphView): string[] {
  return [...new Set(view.units.map((unit) => unit.composition))];
}

/** The unit an act points at: in this environment if it is there. */
export function unitFor(units: GraphUnit[], target: string, environment: string | undefined): string | null {
  const found = units.filter((unit) => `${unit.composition}/${unit.module}` === target || unit.composition === target);
  const here = found.find((unit) => unit.environment === environment);
  return (here ?? found[0])?.id ?? null;
}

/** One thing that can be taken away between two units. */
export interface Tie {
  key: string;
  source: string;
  target: string;
  /** Output and input of a wire; none: order only. */
  output?: string;
  input?: string;
}

/** Every wire and order that touches a unit. */
export function tiesOf(edges: GraphEdge[], unit: string): Tie[] {
  return edges
    .filter((edge) => edge.source === unit || edge.target === unit)
    .flatMap((edge): Tie[] => {
      const ends = { source: edge.source, target: edge.target };
      const wires = edge.wires.map(({ output, input }) => ({
        ...ends,
        output,
        input,
        key: `${edge.source}.${output}>${edge.target}.${input}`,
      }));
      return edge.declared ? [...wires, { ...ends, key: `${edge.source}>${edge.target}` }] : wires;
    });
}
