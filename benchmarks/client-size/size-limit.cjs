/**
 * What size-limit measures, for all alike: the code that a bundler loads at once. What is imported on demand stays out, as it does in an
 * app. React is left out.
 */
const measured = require("./measured.json");

function withoutWhatIsLoadedOnDemand(config) {
  const onDemand = {
    name: "on-demand",
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, kind }) =>
        kind === "dynamic-import" ? { path, external: true } : undefined,
      );
    },
  };
  return { ...config, format: "esm", plugins: [onDemand] };
}

module.exports = measured.map(({ name, imported }, index) => ({
  name,
  path: `entry-${index}.js`,
  import: imported,
  ignore: ["react", "react-dom"],
  gzip: true,
  modifyEsbuildConfig: withoutWhatIsLoadedOnDemand,
}));
