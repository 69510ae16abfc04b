// Own drawings on a 16 grid, 1.5 stroke, round caps (ui.md §4). One sprite; icons refer to it by id.
import type { ReactNode } from "react";

export const drawings = {
  graph: (
    <>
      <rect x="1.75" y="2.25" width="5" height="4" rx="1" />
      <rect x="9.25" y="9.75" width="5" height="4" rx="1" />
      <path d="M6.75 4.25h3.5a1.5 1.5 0 0 1 1.5 1.5v4M4.25 6.25v4a1.5 1.5 0 0 0 1.5 1.5h3.5" />
    </>
  ),
  matrix: (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="1.5" />
      <path d="M2 6.5h12M2 10h12M6 2.5v11" />
    </>
  ),
  changes: (
    <>
      <circle cx="4" cy="3.75" r="1.75" />
      <circle cx="4" cy="12.25" r="1.75" />
      <circle cx="12" cy="12.25" r="1.75" />
      <path d="M4 5.5v5M12 10.5V6a2 2 0 0 0-2-2H7.5M9.25 2.25 7.5 4l1.75 1.75" />
    </>
  ),
  runs: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.75 5.5v5l4-2.5z" fill="currentColor" stroke="none" />
    </>
  ),
  observe: (
    <>
      <path d="M1.5 8.5h2.75L6 4l3 8.5 2-5.5.75 1.5h2.75" />
    </>
  ),
  drift: (
    <>
      <rect x="2" y="2" width="8" height="8" rx="1.25" />
      <path d="M6 13.9h6.5a1.4 1.4 0 0 0 1.4-1.4V6" strokeDasharray="2.2 2.2" />
    </>
  ),
  budget: (
    <>
      <rect x="1.75" y="3.5" width="12.5" height="9" rx="1.5" />
      <path d="M1.75 6.75h12.5M4.25 10h3" />
    </>
  ),
  audit: (
    <>
      <path d="M3.5 1.75h6l3 3v9.5h-9z" />
      <path d="M5.75 7.5h4.5M5.75 10.25h4.5M9.25 2v3h3" />
    </>
  ),
  settings: (
    <>
      <path d="M2 4.5h6M11.5 4.5H14M2 11.5h2.5M8 11.5h6" />
      <circle cx="9.75" cy="4.5" r="1.75" />
      <circle cx="6.25" cy="11.5" r="1.75" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.5 3.5" />
    </>
  ),
  bell: (
    <>
      <path d="M3.5 11.25h9l-1-1.75V6.75a3.5 3.5 0 0 0-7 0V9.5z" />
      <path d="M6.75 13.5a1.4 1.4 0 0 0 2.5 0" />
    </>
  ),
  branch: (
    <>
      <circle cx="4.5" cy="3.5" r="1.5" />
      <circle cx="4.5" cy="12.5" r="1.5" />
      <circle cx="11.5" cy="5.5" r="1.5" />
      <path d="M4.5 5v6M11.5 7c0 2.5-3 2.5-6 4" />
    </>
  ),
  db: (
    <>
      <ellipse cx="8" cy="3.75" rx="5" ry="2" />
      <path d="M3 3.75v8.5c0 1.1 2.24 2 5 2s5-.9 5-2v-8.5M3 8c0 1.1 2.24 2 5 2s5-.9 5-2" />
    </>
  ),
  shield: (
    <>
      <path d="M8 1.75 13 3.5v4.25c0 3-2 5.25-5 6.5-3-1.25-5-3.5-5-6.5V3.5z" />
    </>
  ),
  down: (
    <>
      <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
    </>
  ),
  right: (
    <>
      <path d="m6.25 4.5 3.5 3.5-3.5 3.5" />
    </>
  ),
  contrast: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none" />
    </>
  ),
  minus: <path d="M3.25 8h9.5" />,
  plus: (
    <>
      <path d="M8 3.25v9.5M3.25 8h9.5" />
    </>
  ),
  x: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  check: (
    <>
      <path d="m3.25 8.5 3 3 6.5-7" />
    </>
  ),
  lock: (
    <>
      <rect x="3.25" y="7" width="9.5" height="6.75" rx="1.25" />
      <path d="M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.75V8l2.25 1.5" />
    </>
  ),
  warn: (
    <>
      <path d="M8 2.25 14.25 13H1.75z" />
      <path d="M8 6.5v3" />
      <circle cx="8" cy="11.2" r=".55" fill="currentColor" />
    </>
  ),
  bad: (
    <>
      <path d="M5.5 1.75h5l3.75 3.75v5l-3.75 3.75h-5L1.75 10.5v-5z" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  stuck: (
    <>
      <path d="M5.5 1.75h5l3.75 3.75v5l-3.75 3.75h-5L1.75 10.5v-5z" />
      <path d="M5.25 8h5.5" />
    </>
  ),
  ok: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.25 8.25 2 2 3.5-4" />
    </>
  ),
  run: (
    <>
      <path d="M8 2a6 6 0 1 1-5.2 3" />
      <circle cx="8" cy="8" r="1.75" fill="currentColor" stroke="none" />
    </>
  ),
  idle: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.3" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.4 6.4A1.65 1.65 0 1 1 8.7 7.9c-.5.25-.7.55-.7 1.1" />
      <circle cx="8" cy="11.1" r=".55" fill="currentColor" />
    </>
  ),
  eye: (
    <>
      <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  undo: (
    <>
      <path d="M5.75 3 2.75 6l3 3" />
      <path d="M3 6h6.25a3.75 3.75 0 0 1 0 7.5H6" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.25" r="2.75" />
      <path d="M2.75 13.75c.6-2.7 2.6-4 5.25-4s4.65 1.3 5.25 4" />
    </>
  ),
  usercheck: (
    <>
      <circle cx="6.5" cy="5" r="2.6" />
      <path d="M1.5 13.5c.55-2.6 2.45-3.9 5-3.9 1 0 1.9.2 2.65.6M10 11.75l1.6 1.6 3-3.4" />
    </>
  ),
  ext: (
    <>
      <path d="M6.5 3.5h-3v9h9v-3M9 2.75h4.25V7M13 3 7.75 8.25" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8.5" rx="1.25" />
      <path d="M10.5 3.25a1.25 1.25 0 0 0-1.25-1.25h-5.5A1.25 1.25 0 0 0 2.5 3.25v6.5A1.25 1.25 0 0 0 3.75 11" />
    </>
  ),
  filter: (
    <>
      <path d="M2 3.5h12M4.25 8h7.5M6.5 12.5h3" />
    </>
  ),
  pause: (
    <>
      <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2" />
    </>
  ),
  key: (
    <>
      <circle cx="5.25" cy="10.75" r="2.75" />
      <path d="m7.25 8.75 6-6M11 5l2 2" />
    </>
  ),
  file: (
    <>
      <path d="M4 1.75h5.25L12.5 5v9.25H4z" />
      <path d="M9 2v3.25h3.25" />
    </>
  ),
  camera: (
    <>
      <rect x="1.75" y="4.5" width="12.5" height="9" rx="1.5" />
      <path d="M5.25 4.5 6.5 2.5h3l1.25 2" />
      <circle cx="8" cy="9" r="2.25" />
    </>
  ),
  link: (
    <>
      <path d="M6.75 9.25a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 1 0-3.7-3.7l-.9.9M9.25 6.75a2.6 2.6 0 0 0-3.7 0l-2.2 2.2a2.6 2.6 0 1 0 3.7 3.7l.9-.9" />
    </>
  ),
  term: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.5" />
      <path d="m4.5 6 2 2-2 2M8.5 10.25h3" />
    </>
  ),
  dots: (
    <>
      <circle cx="3.5" cy="8" r=".9" fill="currentColor" />
      <circle cx="8" cy="8" r=".9" fill="currentColor" />
      <circle cx="12.5" cy="8" r=".9" fill="currentColor" />
    </>
  ),
  arrow: (
    <>
      <path d="M2.75 8h10.5M9.25 4l4 4-4 4" />
    </>
  ),
  arrowd: (
    <>
      <path d="M8 2.75v10.5M4 9.25l4 4 4-4" />
    </>
  ),
  pencil: (
    <>
      <path d="m3 13 .6-2.9 7.2-7.2a1.3 1.3 0 0 1 1.85 0l.45.45a1.3 1.3 0 0 1 0 1.85L5.9 12.4z" />
      <path d="m9.7 4 2.3 2.3" />
    </>
  ),
  delta: (
    <>
      <path d="M8 3 14 13H2z" />
    </>
  ),
  pin: (
    <>
      <path d="M8 14s4.5-4.1 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 9.9 8 14 8 14z" />
      <circle cx="8" cy="6.5" r="1.5" />
    </>
  ),
  tidy: (
    <>
      <rect x="2" y="2.5" width="4" height="3.5" rx=".75" />
      <rect x="10" y="2.5" width="4" height="3.5" rx=".75" />
      <rect x="6" y="10" width="4" height="3.5" rx=".75" />
      <path d="M4 6v1.5a.75.75 0 0 0 .75.75h6.5A.75.75 0 0 0 12 7.5V6M8 8.25V10" />
    </>
  ),
  outline: (
    <>
      <path d="M2.5 3.5h11M5.5 8h8M5.5 12.5h8M2.5 6v6.5" />
    </>
  ),
  fit: (
    <>
      <path d="M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3" />
    </>
  ),
  collapse: (
    <>
      <path d="M4.5 2.5 8 6l3.5-3.5M4.5 13.5 8 10l3.5 3.5" />
    </>
  ),
  expand: (
    <>
      <path d="M4.5 6 8 2.5 11.5 6M4.5 10 8 13.5l3.5-3.5" />
    </>
  ),
  flag: (
    <>
      <path d="M3.5 14.25V2.5h8.25L10 5.5l1.75 3H3.5" />
    </>
  ),
  retry: (
    <>
      <path d="M13 3v3.25H9.75" />
      <path d="M12.7 6.25A5.25 5.25 0 1 0 13.25 9" />
    </>
  ),
  wire: (
    <>
      <rect x="1.75" y="6" width="4" height="4" rx=".75" />
      <rect x="10.25" y="6" width="4" height="4" rx=".75" />
      <path d="M5.75 8h4.5" />
    </>
  ),
  stop: (
    <>
      <rect x="3.5" y="3.5" width="9" height="9" rx="1.25" />
    </>
  ),
  dl: (
    <>
      <path d="M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.75 13.5h10.5" />
    </>
  ),
  wrap: (
    <>
      <path d="M2 4h12M2 8h9.5a2.25 2.25 0 0 1 0 4.5H9M10.5 11 9 12.5l1.5 1.5M2 12h3.5" />
    </>
  ),
  "e-terraform": (
    <>
      <path
        d="M2 2.6 5.6 4.7v4.1L2 6.7zM6.4 5.2 10 7.3v4.1L6.4 9.3zM10.8 7.7 14.2 5.8v4.1l-3.4 1.9zM6.4 10.4 10 12.5v.9"
        strokeWidth="1.2"
      />
    </>
  ),
  "e-pulumi": (
    <>
      <circle cx="5" cy="4.5" r="1.9" />
      <circle cx="11" cy="4.5" r="1.9" />
      <circle cx="5" cy="11.5" r="1.9" />
      <circle cx="11" cy="11.5" r="1.9" fill="currentColor" />
    </>
  ),
  "e-native": (
    <>
      <path d="M4.5 12.5a2.9 2.9 0 0 1-.3-5.75A4 4 0 0 1 12 7.1a2.75 2.75 0 0 1-.25 5.4z" />
    </>
  ),
  "e-playbook": (
    <>
      <path d="M2.25 3.5h7M2.25 7h5M2.25 10.5h4" />
      <path d="M9.25 7.5v6l4.75-3z" fill="currentColor" stroke="none" />
    </>
  ),
  "e-k8s": (
    <>
      <path d="M8 1.75 13.2 4.2l1.1 5.5-3.5 4.4H5.2L1.7 9.7l1.1-5.5z" strokeWidth="1.25" />
      <circle cx="8" cy="8" r="1.9" strokeWidth="1.25" />
      <path d="M8 6.1V3.9M9.8 8.6l2.1.6M6.2 8.6l-2.1.6M8.9 9.7l1 1.9M7.1 9.7l-1 1.9" strokeWidth="1.25" />
    </>
  ),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;
