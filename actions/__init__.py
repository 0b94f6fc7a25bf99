"""What acts inside a conversation: slots in, one desk verb, a named response out. The only room that imports rasa_sdk."""
