"""A program of today: nothing in it may change."""
import keras
from keras import layers, ops
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D, concatenate


def build(classes=5, kernel_size=3, strides=2):
    inputs = Input((40, 40, 3))
    # here the third argument really is the strides
    x = Conv2D(16, 3, 2, padding="same", activation="relu")(inputs)
    x = Conv2D(16, kernel_size, strides, data_format="channels_last")(x)
    side = layers.Conv2D(4, (3, 3), kernel_initializer="he_normal")(x)
    x = layers.AveragePooling2D(pool_size=3, strides=1)(x)
    x = concatenate([x, side])
    x = MaxPooling2D(2)(x)
    x = layers.Lambda(lambda t: ops.relu(t), output_shape=lambda s: s)(x)
    x = Flatten()(x)
    return keras.Model(inputs, Dense(classes, activation="softmax")(x))


class Scale(layers.Layer):
    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.gamma


def lstm(units=8):
    return keras.Sequential([Input((None, 4)), layers.LSTM(units), Scale()])


if __name__ == "__main__":
    model = build()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
