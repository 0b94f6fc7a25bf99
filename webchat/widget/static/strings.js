/** What customers read in the chat, unless the page gives its own words. */

export const STRINGS = {
  heading: "Asistente",
  greeting: "Hola. Soy el asistente automático del portal. Pregúnteme con sus palabras.",
  starters: "No me llega el correo de confirmación|He olvidado mi contraseña|¿Cómo me registro?",
  privacy: "Guardamos lo que escriba para poder atenderle. No escriba contraseñas.",
  privacyLink: "Privacidad",
  conversation: "Conversación",
  log: "Mensajes",
  customer: "Usted:",
  assistant: "Asistente:",
  faq: (number) => `Pregunta frecuente ${number}`,
  choices: "Respuestas sugeridas",
  typing: "El asistente está escribiendo",
  input: "Escriba su pregunta",
  send: "Enviar",
  person: "Hablar con una persona",
  askPerson: "Quiero hablar con una persona",
  close: "Cerrar el chat",
  pending: "Pendiente de envío",
  failed: "No enviado",
  retry: "Reintentar",
  byMail: "También puede escribirnos:",
};

/** What customers read when a request fails: by the type of the problem, else its status. */
export const PROBLEMS = {
  "/problems/empty-message": "Su mensaje no contiene ningún texto que podamos leer.",
  "/problems/message-too-long": "Su mensaje es demasiado largo. Acórtelo, por favor.",
  "/problems/conversation-expired": "Su conversación anterior ha caducado. Comenzamos una nueva.",
  "/problems/conversation-unknown": "No podemos continuar su conversación anterior. Comenzamos una nueva.",
  "/problems/button-unknown": "Esa opción ya no es válida. Escríbanos su pregunta, por favor.",
  429: "Ha enviado muchos mensajes seguidos. Su mensaje saldrá dentro de un momento.",
  503: "El asistente no está disponible en este momento. Lo intentamos de nuevo.",
  offline: "No hay conexión con el asistente. Su mensaje saldrá en cuanto vuelva.",
  default: "No hemos podido enviar su mensaje.",
};
