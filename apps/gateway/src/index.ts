export { type Configuration, ConfigurationError, parseConfiguration } from "./configuration.ts";
export { CONFIGURATION_VARIABLES, type ConfigurationVariable, configurationTable } from "./configuration-variables.ts";
export { DEFAULT_EVENT_STREAM_LIMITS, type EventStreamLimits } from "./event-stream-limits.ts";
export { GRAPHQL_ERROR_CODES, type GraphqlErrorCode } from "./graphql/format-error.ts";
export { schema } from "./graphql/schema.ts";
export { createLog, LOG_LEVELS, type LogLevel, type LogOptions } from "./log.ts";
export { DEFAULT_SOCKET_LIMITS, SOCKET_CLOSE_CODES, type SocketLimits } from "./socket-limits.ts";
export { StartError } from "./start-error.ts";
export { type Gateway, type GatewayOptions, startGateway } from "./start-gateway.ts";
