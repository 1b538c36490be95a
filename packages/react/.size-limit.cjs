/** What a bundler loads at once: what is imported on demand stays out, as it does in an app. */
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

const measured = {
  path: "dist/index.js",
  ignore: ["react"],
  gzip: true,
  modifyEsbuildConfig: withoutWhatIsLoadedOnDemand,
};

module.exports = [
  {
    ...measured,
    name: "useCreateVideo and ReelwireProvider, with all they need to run over the websocket",
    import: "{ useCreateVideo, ReelwireProvider }",
    limit: "6000 B",
  },
  { ...measured, name: "the whole package", import: "*", limit: "12 kB" },
];
