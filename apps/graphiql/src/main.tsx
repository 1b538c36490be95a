import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";
import { createRoot } from "react-dom/client";
import { GraphiqlPage } from "./graphiql-page.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root.");
createRoot(root).render(<GraphiqlPage endpoint={new URL("../graphql", document.baseURI)} />);
