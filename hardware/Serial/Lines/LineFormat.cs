namespace Edge.Serial.Lines;

/// <summary>What a line of text is.</summary>
public enum LineFormat
{
    /// <summary>A payload.</summary>
    Plain = 0,

    /// <summary>A JSON object that names topic and payload.</summary>
    Json,
}
