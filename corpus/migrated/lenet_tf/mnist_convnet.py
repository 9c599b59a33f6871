"""Small convnet on MNIST with the TensorFlow backend.

Gets to 99.1% after a dozen epochs.
"""
from __future__ import print_function
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.utils import to_categorical
from keras.optimizers import Adadelta

IMG_SIZE = 28
NUM_CLASSES = 10


def load():
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    X_train = X_train.reshape(-1, IMG_SIZE, IMG_SIZE, 1) / 255.
    X_test = X_test.reshape(-1, IMG_SIZE, IMG_SIZE, 1) / 255.
    return X_train, to_categorical(y_train, NUM_CLASSES), X_test, to_categorical(y_test, NUM_CLASSES)


model = Sequential([
    Conv2D(32, (3, 3), activation='relu', input_shape=(IMG_SIZE, IMG_SIZE, 1)),
    Conv2D(32, (3, 3), activation='relu', strides=(2, 2)),
    MaxPooling2D(),
    Dropout(rate=.25),
    Flatten(),
    Dense(units=128, activation='relu'),
    Dropout(rate=.5),
    Dense(units=NUM_CLASSES),
    Activation('softmax'),
])
model.compile(optimizer=Adadelta(learning_rate=1.0, epsilon=1e-08), loss='categorical_crossentropy', metrics=['acc'])
model.summary()

X_train, Y_train, X_test, Y_test = load()
# ten epochs are enough here
hist = model.fit(X_train, Y_train, batch_size=128, verbose=2, validation_split=0.1, epochs=10)
print(max(hist.history['val_acc']))

print(model.evaluate(X_test, Y_test, batch_size=128, verbose=0))
wrong = model.predict(X_test, verbose=0).argmax(axis=-1) != Y_test.argmax(axis=1)
print('%d of %d digits wrong' % (wrong.sum(), len(wrong)))
