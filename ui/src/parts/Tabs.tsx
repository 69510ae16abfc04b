import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

export interface Tab<T extends string> {
  value: T;
  label: ReactNode;
}

/** Tabs with arrow keys; the panel is the caller's `children`. */
export function Tabs<T extends string>({
  label,
  value,
  tabs,
  onChange,
  children,
}: {
  label: string;
  value: T;
  tabs: readonly Tab<T>[];
  onChange: (value: T) => void;
  children: ReactNode;
}) {
  return (
    <Base.Root className="tabs-root" value={value} onValueChange={(next) => onChange(next as T)}>
      <Base.List className="tabs" aria-label={label}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className={tab.value === value ? "on" : ""}>
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel className="tab-panel" value={value} tabIndex={-1}>
        {children}
      </Base.Panel>
    </Base.Root>
  );
}
