/** Accepts connections on port 80 and closes them. */
import { createServer } from "node:net";

const server = createServer((socket) => {
  socket.on("error", () => undefined);
  socket.destroy();
});
server.listen({ port: 80, backlog: 4096 }, () => process.send!("ready"));
process.on("disconnect", () => process.exit());
