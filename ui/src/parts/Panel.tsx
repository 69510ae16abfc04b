import type { ReactNode } from "react";

/** A region with a 36 px header; `flat` ones are ruled by hairlines instead of a box. */
export function Panel({
  title,
  note,
  tools,
  children,
  flat = false,
  label,
}: {
  title: ReactNode;
  note?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  flat?: boolean;
  label?: string;
}) {
  return (
    <section className={flat ? "panel flat" : "panel pn"} aria-label={label}>
      <header className="ph">
        <h2>{title}</h2>
        {note !== undefined && <span className="mut">{note}</span>}
        <span className="grow" />
        {tools}
      </header>
      {children}
    </section>
  );
}
