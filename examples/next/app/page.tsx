import App from "./app.tsx";

/** Runs on the server alone; what it shows is rendered there too, and comes to life in the browser. */
export default function Page() {
  return <App />;
}
