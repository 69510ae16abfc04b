import "@xyflow/react/dist/style.css";
import { type Edge, type Node, ReactFlow } from "@xyflow/react";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

/** What the page is asked for: as much room, and the same part of the picture, as the canvas showed. */
const asked = new URLSearchParams(window.location.search);
const number = (name: string, otherwise: number) => Number(asked.get(name) ?? otherwise);
const room = { width: number("width", 1000), height: number("height", 700) };
const view = { x: number("x", 0), y: number("y", 0), zoom: number("zoom", 1) };
const onlyVisible = asked.get("only") === "visible";

interface Picture {
  nodes: Node[];
  edges: Edge[];
}

async function fetched(): Promise<Picture> {
  const answer = await fetch("/bare/picture");
  return (await answer.json()) as Picture;
}

/** The floor: React Flow with its own node and edge types, handed ready-made places, and nothing of the product. */
function Bare() {
  const [picture, setPicture] = useState<Picture | null>(null);
  useEffect(() => {
    void fetched().then(setPicture);
    const onKey = async (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "z" || !event.ctrlKey) return;
      event.preventDefault();
      await fetch(event.shiftKey ? "/api/draft/redo" : "/api/draft/undo", { method: "POST" });
      setPicture(await fetched());
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  if (picture === null) return null;
  return (
    <div style={room}>
      <ReactFlow
        nodes={picture.nodes}
        edges={picture.edges}
        defaultViewport={view}
        minZoom={0.1}
        panOnScroll
        onlyRenderVisibleElements={onlyVisible}
      />
    </div>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(<Bare />);
